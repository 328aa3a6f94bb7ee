"""What an effect is made of: parts of the programme, kept promises, time, and each lever by itself."""
