"""How audio gets in and out of a call: wire protocols without I/O, and the stages that carry them."""
