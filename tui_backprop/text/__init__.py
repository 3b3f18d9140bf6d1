"""Below all other rooms: strings from outside, made harmless."""
