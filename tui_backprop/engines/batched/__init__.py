"""Many runs as one computation: runs that share shapes train together, bit for bit as each would alone."""
