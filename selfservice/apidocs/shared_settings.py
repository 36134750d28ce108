"""What the libraries behind the interfaces and their documents are told for all of them; each has the rest with it."""

from typing import Any

SHARED_REST: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
    # A call's description stands in the OpenAPI document, so OPTIONS is a method that no view has.
    "DEFAULT_METADATA_CLASS": None,
}
SHARED_SETTINGS: dict[str, Any] = {
    "OAS_VERSION": "3.1.0",
    # It would make one document of all interfaces, which spell the same names; tests check each by itself.
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
    "DEFAULT_GENERATOR_CLASS": "selfservice.apidocs.generator.DescribedGenerator",
    "PREPROCESSING_HOOKS": ["selfservice.apidocs.generator.keep_described"],
    "POSTPROCESSING_HOOKS": [],
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
}
