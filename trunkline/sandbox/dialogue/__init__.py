"""A stand-in for a language model, for calls without one: rules and similarity, no knowledge of its own.

It works from a chat completions request alone. What the caller wants is matched against the names and
descriptions of the tools that the request offers; arguments are taken from the caller's words by their type;
what is missing is asked for; what a tool returns is said. It does not understand anything else, and says so.
"""
