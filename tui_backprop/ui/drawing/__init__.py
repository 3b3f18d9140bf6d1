"""Pure drawing: numbers, bars, charts and heat-maps as text."""
