// JSONata 2.2.2: the expression language of flows, usable on its own. Include this one header.
//
//   auto total = Expression::compile("event.total >= 20");          // once; share between threads
//   auto order = Document::parse(body);                              // once per payload
//   Evaluation evaluation;                                           // one per thread, reused
//   Value input = evaluation.object({{"event", order->root()}});     // nothing is copied
//   auto answer = evaluation.evaluate(*total, input);                // Outcome<Value>
//   if (answer) append_json(*answer, out);  else  out = describe(answer.problem(), total->text());
//   evaluation.reset();
//
// Undefined is not null: a missing field is Tag::undefined. Nothing here does I/O, looks at a clock or
// throws.
#pragma once

#include "flows/jsonata/document.hpp"          // IWYU pragma: export
#include "flows/jsonata/evaluation.hpp"        // IWYU pragma: export
#include "flows/jsonata/expression.hpp"        // IWYU pragma: export
#include "flows/jsonata/expression_error.hpp"  // IWYU pragma: export
#include "flows/jsonata/value.hpp"             // IWYU pragma: export
