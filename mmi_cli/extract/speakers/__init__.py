"""Who speaks when in a recording of one track: listened to in short windows, grouped over all of it, told as turns and by word."""
