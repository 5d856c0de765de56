"""Seeing: pages, charts, components, the API and who may ask for what.

The only room that imports Dash and Flask. Every number comes from `metrics.query`; nothing
is computed here beyond sorting, labelling and drawing.
"""
