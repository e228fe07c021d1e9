"""What a test of a stage or of a whole call needs: virtual time, and the frames that a stage lets through.

Import from the module that owns the name: ``from trunkline.testing.stage import heard``.
"""
