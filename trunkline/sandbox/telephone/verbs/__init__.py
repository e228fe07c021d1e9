"""What TwiML verbs do. A verb takes its :class:`~trunkline.sandbox.telephone.verbs.step.Step` and returns
where the call goes on, or None for the next verb."""
