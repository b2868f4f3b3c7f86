// The handlers of the routes, one .cpp per resource. Used by api.cpp alone.
#pragma once

#include "core/api/api.hpp"

namespace waggle::api {

void health(Call call);  ///< health.cpp
void ready(Call call);
void metrics(Call call);
void retry_run(Call call);  ///< runs.cpp
void discard_run(Call call);
void start_flow(Call call);  ///< flows.cpp
void list_connections(Call call);
void mend_connection(Call call);  ///< connections.cpp
void backup(Call call);           ///< store.cpp
void prune(Call call);

}  // namespace waggle::api
