"""The tests of minichat; ``python3 -m unittest`` from the checkout runs them all."""
