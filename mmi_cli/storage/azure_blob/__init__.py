"""Azure Blob Storage: `az://container/prefix` or the full `https://…` address.

The account comes from `AZURE_STORAGE_CONNECTION_STRING`, or from `AZURE_STORAGE_ACCOUNT_URL` (or the address) with
`AZURE_STORAGE_SAS_TOKEN`, a SAS in the address, or the default Azure credential chain. No secret becomes part of a `uri` or a message.
"""

from __future__ import annotations

from .address import BlobAddress, container_of, parse_address
from .destination import AzureDestination
from .source import AzureSource

__all__ = ["AzureDestination", "AzureSource", "BlobAddress", "container_of", "parse_address"]
