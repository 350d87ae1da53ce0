package org.lightpipe.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lightpipe.core.Findings;
import org.lightpipe.core.Names;
import org.lightpipe.core.YamlMap;
import org.lightpipe.core.YamlSource;

/**
 * A change of the users of an experiment, checked.
 *
 * @param add users to add, or to give another role
 * @param remove names of users to remove
 */
record UsersChange(List<ExperimentForm.User> add, List<String> remove) {

    /**
     * Reads <code>{add: [{name, role}], remove: [name]}</code>.
     *
     * @throws org.lightpipe.core.InvalidInputException with everything that is wrong with it
     */
    static UsersChange parse(String text) {
        Findings findings = new Findings();
        Optional<UsersChange> change = YamlSource.map("request", text, findings).map(UsersChange::read);
        findings.refuse();
        return change.orElseThrow();
    }

    private static UsersChange read(YamlMap map) {
        List<ExperimentForm.User> add = new ArrayList<>();
        for (YamlMap user : map.maps("add")) {
            String name = user.text("name");
            Names.check(user, "name", name);
            add.add(new ExperimentForm.User(name, user.choice("role", "User", ExperimentForm.ROLES)));
            user.end();
        }
        List<String> remove = map.texts("remove");
        for (String name : remove) {
            Names.check(map, "remove", name);
            if (add.stream().anyMatch(user -> user.name().equals(name))) {
                map.wrong("remove", "'" + name + "' is also among those to add", "remove one");
            }
        }
        if (add.isEmpty() && remove.isEmpty()) {
            map.wrong("", "changes nothing", "write 'add' or 'remove'");
        }
        map.end();
        return new UsersChange(List.copyOf(add), List.copyOf(remove));
    }
}
