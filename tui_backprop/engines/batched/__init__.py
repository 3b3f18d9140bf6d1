"""Many runs as one computation: runs that share shapes train together, each bit for bit as the reference engine makes it."""
