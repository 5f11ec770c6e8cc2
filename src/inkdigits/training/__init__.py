"""How the model is made: dataset -> augment -> network -> fit -> calibrate -> evaluate -> export."""
