package org.lightpipe.gpu.device;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.core.WorkPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accelerators of this machine, lent to jobs. A job gets a part of the memory of one device before it starts; it
 * waits its turn if there is too little. Nothing is set up on a device before it is first lent.
 */
public final class DevicePool implements AutoCloseable {

    /** Takes a device of CUDA, else a graphics processor of OpenCL, else the threads of this machine. */
    public static final String AUTO = "auto";

    private static final Logger LOG = LoggerFactory.getLogger(DevicePool.class);

    private static final String CUDA = "cuda";
    private static final String OPENCL = "opencl";

    private final Ledger ledger = new Ledger();
    private final List<ManagedDevice> devices;
    private final Map<String, List<String>> missing;
    private volatile boolean closed;

    /**
     * @param accelerators in the order of preference
     * @param missing what was not found, by backend
     */
    DevicePool(List<Accelerator> accelerators, Map<String, List<String>> missing) {
        this.missing = missing;
        List<ManagedDevice> managed = new ArrayList<>();
        Map<String, Integer> numbers = new HashMap<>();
        for (Accelerator accelerator : accelerators) {
            Accelerator.Description description = accelerator.description();
            int number = numbers.merge(description.backend(), 1, Integer::sum) - 1;
            // one card under two interfaces has one memory
            Ledger.Account account = managed.stream()
                    .filter(other ->
                            !description.slot().isEmpty() && other.slot().equals(description.slot()))
                    .map(ManagedDevice::account)
                    .findFirst()
                    .orElseGet(() -> ledger.account(mayBeLent(description)));
            managed.add(new ManagedDevice(description.backend() + "-" + number, accelerator, account));
        }
        this.devices = List.copyOf(managed);
    }

    /** Not the whole of it: drivers keep some, and the memory of a processor is everybody's. */
    private static long mayBeLent(Accelerator.Description description) {
        return description.processor() ? description.memory() / 2 : description.memory() / 10 * 9;
    }

    /** @return the devices of this machine; one without any is no error. Says in the log what is there and what is not */
    public static DevicePool discover() {
        Map<String, List<String>> missing = new HashMap<>();
        missing.put(CUDA, new ArrayList<>());
        missing.put(OPENCL, new ArrayList<>());
        List<Accelerator> found = new ArrayList<>(CudaDriver.devices(missing.get(CUDA)::add));
        found.addAll(OpenClPlatforms.devices(missing.get(OPENCL)::add));
        DevicePool pool = new DevicePool(found, missing);
        pool.describe().forEach(LOG::info);
        return pool;
    }

    /** @return for people: a line for each device, and one for each that could be there but is not */
    public List<String> describe() {
        List<String> lines = new ArrayList<>();
        devices.forEach(device -> lines.add(device.toString()));
        missing(CUDA).forEach(line -> lines.add("cuda: " + line));
        missing(OPENCL).forEach(line -> lines.add("opencl: " + line));
        return lines;
    }

    /** @return all devices, also those that are taken out, for consoles */
    public List<ManagedDevice> devices() {
        return devices;
    }

    /**
     * Lends a place to compute.
     *
     * @param backend auto (a device of CUDA, else a graphics processor of OpenCL, else the threads of this machine),
     *     cuda, opencl or java
     * @param least the bytes of device memory without which the job cannot run
     * @param best the bytes with which it runs best; it gets what of them is free
     * @param threads the threads of this machine
     * @param patience how long to wait for a device that is busy
     * @return to be closed by the caller
     * @throws IOException if there is no device of the backend that was asked for, or none with enough memory, or none
     *     of them got free in time
     */
    public Loan borrow(String backend, long least, long best, WorkPool threads, Duration patience)
            throws IOException, InterruptedException {
        List<ManagedDevice> wanted = wanted(backend);
        boolean auto = backend.equals(AUTO);
        if (backend.equals(Compute.JAVA) || auto && wanted.isEmpty()) {
            return Loan.ofThreads(threads);
        }
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            if (closed) {
                throw new IOException("the devices are not lent any more: the component stops");
            }
            String refusal = refusal(backend, wanted, least);
            if (refusal.isEmpty()) {
                Optional<Loan> loan = lend(wanted, least, best, threads, Duration.ofNanos(end - System.nanoTime()));
                if (loan.isPresent()) {
                    return loan.get();
                }
                // one that failed while it was set up is out by now: the others have their turn
                refusal = refusal(backend, wanted, least);
                if (refusal.isEmpty() && System.nanoTime() - end >= 0) {
                    refusal = "no " + backend + " device had " + Memory.text(least) + " free within "
                            + patience.toSeconds() + " s: " + states(wanted);
                }
            }
            if (!refusal.isEmpty()) {
                if (auto) {
                    LOG.info("{}: the job runs on the threads of this machine", refusal);
                    return Loan.ofThreads(threads);
                }
                throw new IOException(refusal + "; or use backend=java");
            }
        }
    }

    private List<String> missing(String backend) {
        return missing.getOrDefault(backend, List.of());
    }

    private List<ManagedDevice> wanted(String backend) throws IOException {
        return switch (backend) {
            case Compute.JAVA -> List.of();
            case AUTO -> preferred();
            case CUDA, OPENCL -> {
                List<ManagedDevice> all = devices.stream()
                        .filter(device -> device.getBackend().equals(backend))
                        .toList();
                if (all.isEmpty()) {
                    throw new IOException("backend=" + backend + ", but " + String.join("; ", missing(backend))
                            + "; or use backend=java");
                }
                List<ManagedDevice> graphics =
                        all.stream().filter(device -> !device.isProcessor()).toList();
                yield graphics.isEmpty() ? all : graphics;
            }
            default ->
                throw new IllegalArgumentException(
                        "backend=" + backend + ", but it must be one of auto, cuda, opencl, java");
        };
    }

    /** @return for each card the interface that was found first, which is CUDA's; never a processor */
    private List<ManagedDevice> preferred() {
        Map<Ledger.Account, ManagedDevice> cards = devices.stream()
                .filter(device -> !device.isProcessor())
                .collect(Collectors.toMap(
                        ManagedDevice::account, device -> device, (first, second) -> first, LinkedHashMap::new));
        return List.copyOf(cards.values());
    }

    /** @return why none of the devices will ever lend so much as they are; empty if one will */
    private static String refusal(String backend, List<ManagedDevice> wanted, long least) {
        long most = wanted.stream()
                .mapToLong(device -> device.account().capacity())
                .max()
                .orElse(0);
        if (most < least) {
            return "the job needs " + Memory.text(least) + " of device memory, but the largest " + backend
                    + " device lends " + Memory.text(most);
        }
        boolean open = wanted.stream()
                .map(ManagedDevice::account)
                .anyMatch(account -> account.gate() == Ledger.Gate.OPEN && account.capacity() >= least);
        return open
                ? ""
                : "no " + backend + " device is lent at present, call the operation restore of one: " + states(wanted);
    }

    private static String states(List<ManagedDevice> wanted) {
        return wanted.stream()
                .map(device -> device.getId() + " (" + device.getName() + ") is " + device.getState() + " with "
                        + device.getJobsRunning() + " jobs")
                .collect(Collectors.joining("; "));
    }

    private Optional<Loan> lend(List<ManagedDevice> wanted, long least, long best, WorkPool threads, Duration patience)
            throws InterruptedException, DeviceException {
        Optional<Ledger.Grant> granted =
                ledger.take(wanted.stream().map(ManagedDevice::account).toList(), least, best, patience);
        if (granted.isEmpty()) {
            return Optional.empty();
        }
        Ledger.Grant grant = granted.get();
        ManagedDevice device = wanted.stream()
                .filter(one -> one.account() == grant.account())
                .findFirst()
                .orElseThrow();
        boolean lent = false;
        try {
            Loan loan = Loan.of(threads, device, device.open(grant.bytes()), grant);
            lent = true;
            return Optional.of(loan);
        } catch (DeviceException e) {
            device.fault(e);
            if (!e.deviceIsBroken()) {
                throw e;
            }
            return Optional.empty();
        } finally {
            if (!lent) {
                grant.giveBack();
            }
        }
    }

    /** Sends away who waits; devices are freed as soon as the last job has given them back. */
    @Override
    public void close() {
        closed = true;
        ledger.close();
        devices.forEach(ManagedDevice::close);
    }
}
