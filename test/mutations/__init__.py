"""Right and wrong variants of a converted model, made by program: validation must tell them apart."""
