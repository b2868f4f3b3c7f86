set(CONNECTOR_LINK expat)
