// Sockets and timers of a loop: bound to its io_context by type, which spares Asio's any_io_executor a
// virtual call and an allocation at each turn. Used within this room.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>

namespace waggle::http {

using Clock = std::chrono::steady_clock;
using Code = boost::system::error_code;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>,
                                                boost::asio::io_context::executor_type>;

}  // namespace waggle::http
