"""What may be seen: which figures are kept back so that no small group can be worked out."""
