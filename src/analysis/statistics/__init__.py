"""Estimators the questions share: arrays in, numbers out. They know nothing of schools."""
