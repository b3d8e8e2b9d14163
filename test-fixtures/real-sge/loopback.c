/* Grid Engine has no setting for the address its daemons listen on: preloaded, this has them on 127.0.0.1 alone. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

typedef int bind_function(int, const struct sockaddr *, socklen_t);

int bind(int descriptor, const struct sockaddr *address, socklen_t length) {
  bind_function *system_bind = (bind_function *)dlsym(RTLD_NEXT, "bind");
  const struct sockaddr_in *wanted = (const struct sockaddr_in *)address;
  if (address == 0 || address->sa_family != AF_INET || wanted->sin_addr.s_addr != htonl(INADDR_ANY))
    return system_bind(descriptor, address, length);
  struct sockaddr_in local = *wanted;
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return system_bind(descriptor, (const struct sockaddr *)&local, sizeof local);
}
