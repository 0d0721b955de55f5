/*
 * Sends UDP packets to 127.0.0.1 at a steady rate, for bench/udp.ts: no sender written for Node
 * reaches the rates that are measured.
 *
 *   udp-sender <port> <file> <packets a second> <seconds>
 *
 * The file holds packets, each after its length as four little-endian bytes. Prints one line of
 * JSON: how many packets the kernel took, and in how many seconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define PACKETS_MAX 4096
/* Sent with one system call: at 100,000 a second, 3 bursts a millisecond. */
#define BURST 32

static struct iovec payloads[PACKETS_MAX];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static int read_packets(const char *path) {
  FILE *file = fopen(path, "rb");
  int count = 0;
  uint32_t length;
  if (file == NULL) return 0;
  while (count < PACKETS_MAX && fread(&length, sizeof length, 1, file) == 1) {
    payloads[count].iov_base = malloc(length);
    payloads[count].iov_len = length;
    if (fread(payloads[count].iov_base, 1, length, file) != length) return 0;
    count += 1;
  }
  fclose(file);
  return count;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  int packets = read_packets(argv[2]);
  double rate = atof(argv[3]), seconds = atof(argv[4]);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (packets == 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) return 1;

  struct mmsghdr burst[BURST];
  memset(burst, 0, sizeof burst);
  long long sent = 0, total = (long long)(rate * seconds);
  double start = now();
  while (sent < total) {
    double due = (now() - start) * rate;
    if (due < sent + BURST && due < total) {
      struct timespec pause = {.tv_nsec = 50000};
      nanosleep(&pause, NULL);
      continue;
    }
    for (int k = 0; k < BURST; k++) {
      burst[k].msg_hdr.msg_iov = &payloads[(sent + k) % packets];
      burst[k].msg_hdr.msg_iovlen = 1;
    }
    int taken = sendmmsg(fd, burst, BURST, 0);
    /* ECONNREFUSED: nobody listens any more. */
    if (taken < 0) break;
    sent += taken;
  }
  printf("{\"sent\":%lld,\"seconds\":%.3f}\n", sent, now() - start);
  return 0;
}
