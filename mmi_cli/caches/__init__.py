"""What is kept between runs so that nothing is read or asked twice, and the names of all that decides whether it still holds."""
