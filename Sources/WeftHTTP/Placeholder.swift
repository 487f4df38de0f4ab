// The HTTP side of Weft.
