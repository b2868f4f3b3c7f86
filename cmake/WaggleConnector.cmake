# waggle_add_connector(NAME SOURCES file...): builds one connector plugin, NAME.so. Ships with the SDK.
function(waggle_add_connector NAME)
endfunction()
