#include "rtc/net/socket_address.h"
int main() { return 0; }
