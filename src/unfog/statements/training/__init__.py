"""Commands that train the two taggers from data/10. Nothing here is needed to use them."""
