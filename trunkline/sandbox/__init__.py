"""The carrier and the vendors, emulated at the wire, and the engines that give them voices."""
