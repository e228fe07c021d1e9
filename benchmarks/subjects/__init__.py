"""What is measured: each module is a process that answers the same line, and tells how late its loop runs."""
