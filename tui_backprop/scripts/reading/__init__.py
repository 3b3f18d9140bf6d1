"""Reading a trace: which numbers are parameters, which record is the prediction, what is the loss, how are updates made."""
