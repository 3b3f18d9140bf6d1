"""The lines above and below the panels: header, footer, status, timeline."""
