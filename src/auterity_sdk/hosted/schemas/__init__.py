"""The models of the HTTP interface under `/api/v1`: one file a noun, the same for the server and its clients."""
