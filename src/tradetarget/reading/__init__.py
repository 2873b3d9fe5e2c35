"""Files and tables as people have them, read as a whole or refused with a remedy."""
