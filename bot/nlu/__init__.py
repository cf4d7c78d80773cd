"""How messages are understood: encoder, classifier, guard, as Rasa graph components over plain modules."""
