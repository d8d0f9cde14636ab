"""The two lecture decks, slide by slide, and which claim tests each of their sentences."""
