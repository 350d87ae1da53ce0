package org.lightpipe.transfer;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;
import org.lightpipe.config.Digest;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy;

/** Put files into a storage, with proof that what is there is what was read. */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "transfer",
        title = "Transfer",
        syntax = "transfer:storage",
        category = {Category.FILE},
        producerOnly = true,
        headersClass = TransferEndpoint.class)
@ManagedResource(description = "Managed transfer endpoint")
public class TransferEndpoint extends DefaultEndpoint {

    /** Header: whose turn a group takes. */
    @Metadata(
            label = "producer",
            javaType = "String",
            description = "Whose turn the files take: lanes are served in turn. The route's id when it is not set.")
    public static final String LANE = "LightpipeTransferLane";

    /** Header: how urgent a group is. */
    @Metadata(
            label = "producer",
            javaType = "Integer",
            defaultValue = "0",
            description = "Within a lane, files of a higher priority go first.")
    public static final String PRIORITY = "LightpipeTransferPriority";

    /** Header: SHA-256 of the one file that was put there. */
    @Metadata(
            label = "producer",
            javaType = "String",
            description = "SHA-256 in hexadecimal of the file that was put there, when the body was one file.")
    public static final String SHA256 = "LightpipeSha256";

    @UriPath(
            description =
                    "Name of a storage of config/storages.yaml or of a beamline; or an endpoint such as file:/data or"
                            + " sftp:user@host/data")
    @Metadata(required = true)
    private String storage;

    @UriParam(
            defaultValue = "true",
            description = "Whether the files get their final names at once; a route that first makes sure that they are"
                    + " still its own gives them later")
    private boolean publish = true;

    @UriParam(
            defaultValue = "fsync",
            enums = "fsync,cache",
            description =
                    "What has happened when a file counts as stored: flushed to the disk, or taken by the operating"
                            + " system. Of an endpoint only; a storage with a name has its own")
    private String durability = "fsync";

    @UriParam(
            defaultValue = "read",
            enums = "read,direct,far",
            description =
                    "How what was written is compared: read back, read back past the page cache, or by a digest of"
                            + " the far side. Of an endpoint only")
    private String proof = "read";

    @UriParam(
            defaultValue = "sha256",
            description =
                    "Checksums, separated by comma: sha256, md5, xxh3, blake3. SHA-256 is always among them. Of an"
                            + " endpoint only")
    private String digests = "sha256";

    @UriParam(defaultValue = "4", description = "Most groups of files at the same time. Of an endpoint only")
    private int concurrency = 4;

    @UriParam(defaultValue = "0", description = "Most bytes in a second; 0 for no limit. Of an endpoint only")
    private long bandwidth;

    private final TransferComponent component;

    /** For the generated code. */
    public TransferEndpoint() {
        this.component = null;
    }

    TransferEndpoint(String uri, TransferComponent component) {
        super(uri, component);
        this.component = component;
    }

    @Override
    public Producer createProducer() {
        return new TransferProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("transfer: only takes files");
    }

    Gate gate() {
        return storage.contains(":")
                ? component.destinations().gate(described())
                : component.destinations().gate(storage);
    }

    private Storage described() {
        TransferPolicy standard = TransferPolicy.standard();
        Set<Digest> wanted = new LinkedHashSet<>(Set.of(Digest.SHA256));
        for (String digest : digests.split(",")) {
            wanted.add(Digest.valueOf(digest.trim().toUpperCase(Locale.ROOT)));
        }
        TransferPolicy policy = new TransferPolicy(
                concurrency,
                bandwidth,
                TransferPolicy.Durability.valueOf(durability.toUpperCase(Locale.ROOT)),
                TransferPolicy.Proof.valueOf(proof.toUpperCase(Locale.ROOT)),
                Set.copyOf(wanted),
                standard.keep(),
                standard.share(),
                standard.reserve(),
                standard.group());
        return new Storage(getEndpointUri(), storage, Optional.empty(), 0755, 0644, policy, Map.of());
    }

    @ManagedAttribute(description = "Groups of files on their way now")
    public int getInFlight() {
        return gate().inFlight();
    }

    @ManagedAttribute(description = "Groups of files that wait for their turn")
    public int getWaiting() {
        return gate().waiting();
    }

    @ManagedAttribute(description = "Files proved since the start")
    public long getProved() {
        return gate().proved();
    }

    @ManagedAttribute(description = "Attempts at files that failed since the start")
    public long getFailed() {
        return gate().failed();
    }

    @ManagedAttribute(description = "Bytes sent since the start")
    public long getBytes() {
        return gate().bytes();
    }

    @ManagedAttribute(description = "Name or endpoint of the storage")
    public String getStorage() {
        return org.apache.camel.util.URISupport.sanitizeUri(storage);
    }

    public void setStorage(String storage) {
        this.storage = storage;
    }

    public boolean isPublish() {
        return publish;
    }

    public void setPublish(boolean publish) {
        this.publish = publish;
    }

    public String getDurability() {
        return durability;
    }

    public void setDurability(String durability) {
        this.durability = durability;
    }

    public String getProof() {
        return proof;
    }

    public void setProof(String proof) {
        this.proof = proof;
    }

    public String getDigests() {
        return digests;
    }

    public void setDigests(String digests) {
        this.digests = digests;
    }

    public int getConcurrency() {
        return concurrency;
    }

    public void setConcurrency(int concurrency) {
        this.concurrency = concurrency;
    }

    public long getBandwidth() {
        return bandwidth;
    }

    public void setBandwidth(long bandwidth) {
        this.bandwidth = bandwidth;
    }
}
