"""What ``trunkline doctor`` looks at: one check a module, none of which changes anything at a vendor."""
