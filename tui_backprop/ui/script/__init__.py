"""The screen of a script: their own source, stepped line by line, beside what each value is."""
