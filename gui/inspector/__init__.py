"""The Inspect place: filters and activation maps, answers, the confusion matrix, the try-it pad."""
