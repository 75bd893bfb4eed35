"""From the values of Python to the messages of the contract, and back."""
