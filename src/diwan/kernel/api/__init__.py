"""The grammar of the API: problems, pages of a list, revisions, repeated requests, scopes.

It knows no room. Each room declares its operations in its `api.py` with `routes.Routes`, over the
same actions, queries and policies as its pages; `diwan.config.api` mounts them under `/api/v1/`.
"""
