"""Many workers on one port: who has which call, and how a request comes to the worker that it is for."""
