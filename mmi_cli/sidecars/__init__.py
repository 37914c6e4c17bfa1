"""What other programs read beside a recording or a picture: chapters, subtitles, a table of segments, XMP."""
