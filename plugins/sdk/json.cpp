#include <waggle/json.hpp>

#include <waggle/detail/json.ipp>
