"""Packs by mail: on its days a schedule's pack is made and sent, or held while its data are late.

`plan` is what people arrange, `letter` what a mail says, `sending` carries plans out beside the
collector. Nothing leaves unless a mail server is configured.
"""
