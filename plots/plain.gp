# A figure that is all texts, lines and boxes: nothing to do here.
