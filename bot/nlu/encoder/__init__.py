"""The sentence encoder: weights, layers, training and the model that is served."""
