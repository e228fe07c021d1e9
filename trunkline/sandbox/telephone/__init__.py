"""The inside of the emulated carrier: calls, their sound, the documents they follow, what is asked.

::

    records  playout  mouth  faults  twiml          values and sound; no I/O
    webhooks  stream_socket  stream                 what the carrier sends over the network
    resource  status  recordings                    what it knows of a call
    exchange  phone                                 what calls share; one call
    script  verbs/                                  a call follows a document
    outbound  rest  rest_calls                      what its customers ask over REST
"""
