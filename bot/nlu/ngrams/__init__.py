"""The n-gram classifier: training and the model that is served."""
