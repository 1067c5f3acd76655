# For figures of texts, lines and boxes alone, all of which over.gp draws.
