"""One module a command of ``trunkline``; light to import, so that its help comes at once."""
