// The constructors of Json from members, included inside the class. One for each number of members and none
// from a std::initializer_list: in a co_await expression GCC 12 refuses such a list ("array used as
// initializer", GCC PR 98056 and relatives; seen with 12.2), and co_await http::post(url).json({{"key",
// value}}) is what this type is for.
// clang-format off
Json(Member a) { take(a); }  // NOLINT: implicit on purpose
Json(Member a, Member b) { take(a, b); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c) { take(a, b, c); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d) { take(a, b, c, d); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e) { take(a, b, c, d, e); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f) { take(a, b, c, d, e, f); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f, Member g) { take(a, b, c, d, e, f, g); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f, Member g, Member h) { take(a, b, c, d, e, f, g, h); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f, Member g, Member h, Member i) { take(a, b, c, d, e, f, g, h, i); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f, Member g, Member h, Member i, Member j) { take(a, b, c, d, e, f, g, h, i, j); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f, Member g, Member h, Member i, Member j, Member k) { take(a, b, c, d, e, f, g, h, i, j, k); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f, Member g, Member h, Member i, Member j, Member k, Member l) { take(a, b, c, d, e, f, g, h, i, j, k, l); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f, Member g, Member h, Member i, Member j, Member k, Member l, Member m) { take(a, b, c, d, e, f, g, h, i, j, k, l, m); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f, Member g, Member h, Member i, Member j, Member k, Member l, Member m, Member n) { take(a, b, c, d, e, f, g, h, i, j, k, l, m, n); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f, Member g, Member h, Member i, Member j, Member k, Member l, Member m, Member n, Member o) { take(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f, Member g, Member h, Member i, Member j, Member k, Member l, Member m, Member n, Member o, Member p) { take(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f, Member g, Member h, Member i, Member j, Member k, Member l, Member m, Member n, Member o, Member p, Member q) { take(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f, Member g, Member h, Member i, Member j, Member k, Member l, Member m, Member n, Member o, Member p, Member q, Member r) { take(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f, Member g, Member h, Member i, Member j, Member k, Member l, Member m, Member n, Member o, Member p, Member q, Member r, Member s) { take(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f, Member g, Member h, Member i, Member j, Member k, Member l, Member m, Member n, Member o, Member p, Member q, Member r, Member s, Member t) { take(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f, Member g, Member h, Member i, Member j, Member k, Member l, Member m, Member n, Member o, Member p, Member q, Member r, Member s, Member t, Member u) { take(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f, Member g, Member h, Member i, Member j, Member k, Member l, Member m, Member n, Member o, Member p, Member q, Member r, Member s, Member t, Member u, Member v) { take(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f, Member g, Member h, Member i, Member j, Member k, Member l, Member m, Member n, Member o, Member p, Member q, Member r, Member s, Member t, Member u, Member v, Member w) { take(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w); }  // NOLINT: implicit on purpose
Json(Member a, Member b, Member c, Member d, Member e, Member f, Member g, Member h, Member i, Member j, Member k, Member l, Member m, Member n, Member o, Member p, Member q, Member r, Member s, Member t, Member u, Member v, Member w, Member x) { take(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x); }  // NOLINT: implicit on purpose
// clang-format on
